//! Compares what lives with what the contract says.
