"""Lists of appointments, and what a convocation says of each."""
