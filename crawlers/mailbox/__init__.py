"""A mailbox that people forward to: links, pasted words, screenshots from closed groups."""
