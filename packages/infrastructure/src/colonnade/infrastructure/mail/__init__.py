"""Mail: written once, sent by SMTP, by one provider or several, or put in a folder."""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "mail", "aiosmtplib", "idna", "tenacity")

from colonnade.infrastructure.mail.folder import FolderMailer
from colonnade.infrastructure.mail.mailer import Mailer, MailRefused, ResilientMailer
from colonnade.infrastructure.mail.message import Mail, render
from colonnade.infrastructure.mail.smtp import Security, SmtpMailer, SmtpSettings

__all__ = [
    "FolderMailer",
    "Mail",
    "MailRefused",
    "Mailer",
    "ResilientMailer",
    "Security",
    "SmtpMailer",
    "SmtpSettings",
    "render",
]
