"""Companion apps (APK)."""
