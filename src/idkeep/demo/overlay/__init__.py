"""What moto lacks of AWS, and what it gets wrong, answered from the declared estate."""
