"""What a new system has to beat: rules, a linear-chain CRF, and heuristics that only link."""
