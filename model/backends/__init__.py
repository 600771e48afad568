"""What computes the encoder's states: PyTorch, or ONNX Runtime from an exported model folder."""
