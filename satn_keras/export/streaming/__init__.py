"""Live audio: a posterior for what was heard so far."""
