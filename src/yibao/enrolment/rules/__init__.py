"""Pure rules, one module for each thing the notice regulates; compiled as they stand."""
