"""The command `satn`: one file a command, imported when it runs."""
