package dev.halo.local;

/**
 * One more Link on this machine, as a backup server or a new installation would have one.
 *
 * @param process its process
 * @param commands what its administrator does
 */
public record LinkInstallation(ServiceProcess process, LinkCommands commands) {}
