"""Articles by the million: chunks of them go to workers, parts of the output come back and are kept as they come."""
