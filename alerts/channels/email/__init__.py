"""E-mail: over SMTP, or as .eml files in a folder where no server is set."""

from alerts.channels.email.folder import FolderChannel
from alerts.channels.email.mail import MailIdentity, build_mail
from alerts.channels.email.smtp import SmtpChannel, SmtpServer

__all__ = ["FolderChannel", "MailIdentity", "SmtpChannel", "SmtpServer", "build_mail"]
