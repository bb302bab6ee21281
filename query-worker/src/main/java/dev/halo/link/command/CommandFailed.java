package dev.halo.link.command;

/** A command that did not do what it was asked; the message is for whoever typed it. */
final class CommandFailed extends Exception {

    private static final long serialVersionUID = 1L;

    CommandFailed(String message) {
        super(message);
    }
}
