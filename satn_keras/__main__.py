"""`python -m satn_keras` does what the command `satn` does."""

from satn_keras.cli.main import run

if __name__ == "__main__":
    run()
