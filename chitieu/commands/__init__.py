"""The subcommands, one file each; what a command runs, it imports inside."""
