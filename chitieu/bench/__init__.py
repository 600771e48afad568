"""What extraction costs on this machine, against what else there is and against the encoder alone."""
