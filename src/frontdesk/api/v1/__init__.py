"""The endpoints of version 1, one module per noun. Thin: read the input, call one verb, answer."""
