"""What commands do. Controllers import no view."""
