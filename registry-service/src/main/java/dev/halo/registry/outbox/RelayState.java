package dev.halo.registry.outbox;

/** What the relay of this process is doing; shown by health and metrics. */
public enum RelayState {
    /** Not started yet. */
    STARTING,
    /** PostgreSQL cannot be reached. */
    NO_DATABASE,
    /** It has the lock, and Kafka cannot be reached: commands are stored and answered 503. */
    NO_KAFKA,
    /** It has the lock, and the topics hold what this database has never written: nothing is published. */
    FOREIGN_DATABASE,
    /** Another process has the lock and publishes. */
    STANDBY,
    /** This process publishes. */
    PUBLISHING,
    /** It was stopped. */
    STOPPED
}
