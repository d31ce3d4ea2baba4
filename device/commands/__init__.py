"""The commands of `mynah`, one module each: `arguments(parser)` and `main(options) -> exit status`."""
