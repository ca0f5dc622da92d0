"""A stand-in for WHMCS: its documented API, its hosted pages and a mail tray, over HTTP."""
