"""What an estate file may say: accounts, their organisation, its Identity Center."""
