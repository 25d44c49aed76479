"""Tests of the room that finds patient, kind and recipient."""
