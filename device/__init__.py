"""What runs on the device: hears, understands and acts."""
