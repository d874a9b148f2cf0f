"""Tesseract's line recognisers, read from its files and run in batches of lines on ONNX Runtime."""
