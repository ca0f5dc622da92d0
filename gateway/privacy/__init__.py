"""Erase a customer, or hand out what is held of them.

    python -m gateway.privacy erase CLIENT     chats, logins, code requests and Rasa's memory go
    python -m gateway.privacy export CLIENT    the same, and the payment journal, as JSON

CLIENT is the account's number in the billing system, or an e-mail address. The payment journal is
accounting material and stays; what the billing system itself holds is not touched.

finding.py   which conversations are a customer's, in which tables
erasing.py   deleting them
exporting.py telling them
trackers.py  Rasa's database
"""
