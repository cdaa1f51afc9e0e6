"""The file that `idkeep init` writes."""

TEMPLATE = """\
# Settings of idkeep. Every line below is a default or an example: take the # away to use it.
# A name or value that idkeep does not know is an error with its line. docs/settings.md tells all.

# Which thresholds hold where nothing else is said: "cis" (CIS AWS Foundations Benchmark), or
# "nist-800-63b-4" (no rules of composition, no expiry, at least 15 characters).
# profile = "cis"

# Days.
# max_access_key_age = 90
# unused_after = 45              # passwords and keys of users
# role_unused_after = 90
# user_unused_after = 90         # of users with nothing that was used
# root_unused_for = 90           # how long nobody may have signed in as root
# max_password_age = 365
# root_review_after = 365        # how often the register of root users is gone through

# max_session_hours = 8          # of a role or permission set
# max_administrator_session_hours = 4
# min_password_length = 14
# min_passwords_remembered = 24
# password_composition = true    # whether passwords need capitals, digits and symbols

# The tag that names who answers for a user or role; "" asks for none.
# owner_tag = "owner"

# Domains that your people's mail has, and the mailboxes that several of them read.
# organization_domains = ["example.com"]
# root_mailboxes = ["aws-root@example.com"]

# Regions that the organisation works in; the accounts that administer services for it; the services
# that may act in all of its accounts.
# allowed_regions = ["eu-north-1", "us-east-1"]
# delegated_administrators = ["666677778888"]
# trusted_services = ["cloudtrail.amazonaws.com", "sso.amazonaws.com"]

# What the organisation can't lose: buckets, tables (* stands for anything), snapshots of databases
# (whole ARNs). An analyzer of internal access is to look at each.
# critical_resources = ["arn:aws:s3:::customers-*", "arn:aws:dynamodb:*:*:table/orders"]

# Of Identity Center: permission sets that must have a boundary, by name (* stands for anything);
# and whose tokens its applications may take for a user's, by URL.
# bounded_permission_sets = ["Developer", "Data*"]
# token_issuers = ["https://login.example.com"]

# How long kept snapshots stay: the newest so many of each account, and those of so many days.
# keep_snapshots = 30
# keep_days = 400

# Who may act as root, account by account.
# [[root_register]]
# account = "111122223333"
# people = ["Ana Lima", "Bo Chen"]
# owner = "security@example.com"
# reviewed = 2026-11-01
# recovery = "runbook 12, safe of the Lisbon office"
# mfa_devices = 2                 # AWS tells nobody how many root has

# Accounts outside the organisation that roles may trust.
# [[trusted_accounts]]
# id = "444455556666"
# name = "Monitoring vendor"
# vendor = true                  # serves others too: roles need an external id
# owner = "platform@example.com"
# expires = 2027-06-30

# Powers that nobody may have together.
# [[forbidden_pairs]]
# name = "pay and approve"
# first = ["codepipeline:PutApprovalResult"]
# second = ["codecommit:GitPush", "codecommit:MergePullRequestByFastForward"]
# except_for = ["arn:aws:iam::111122223333:role/break-glass"]

# Another severity for a check, here or for some accounts and resources.
# [[severities]]
# check = "user-outside-groups"
# severity = "low"
# account = "222233334444"
# reason = "a sandbox"

# Findings that are agreed to until a day; after it they are findings again.
# [[suppressions]]
# check = "old-access-key"
# account = "111122223333"
# resource = "arn:aws:iam::*:user/legacy-*"
# reason = "the supplier can't rotate before March"
# owner = "platform@example.com"
# expires = 2027-03-31

# Reads that may fail without making a scan incomplete.
# [[accepted_gaps]]
# action = "guardduty:*"
# region = "me-south-1"
# reason = "closed by an SCP"
# owner = "platform@example.com"
# expires = 2027-01-31

# What people found of controls that no scan can judge.
# [[evidence]]
# framework = "cis-7.0"
# control = "2.1.4"
# passed = true
# who = "ana@example.com"
# when = 2026-10-12
# statement = "reviewed with the board"
# file = "evidence/review.pdf"
# sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
"""
