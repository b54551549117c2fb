internal import Foundation

/// The command of the pager: a path, arguments and an environment. It is started without a shell.
package struct PagerCommand: Equatable {
    /// The path of the program, absolute or relative to the current directory.
    package let path: String
    package let arguments: [String]
    package let environment: [String: String]

    /// The pager: `$CALLBOX_PAGER`, else `$PAGER`, else `less`. Nil if the program does not exist or if `TERM` is
    /// `dumb`.
    package init?(
        environment: [String: String],
        isExecutable: (String) -> Bool = { FileManager.default.isExecutableFile(atPath: $0) }
    ) {
        let text = environment.setting("CALLBOX_PAGER") ?? environment.setting("PAGER") ?? "less -FRX"
        let words = text.split(separator: " ").map(String.init)
        guard let name = words.first, environment["TERM"] != "dumb" else { return nil }
        let folders = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        let candidates = name.contains("/") ? [name] : folders.map { "\($0)/\(name)" }
        guard let path = candidates.first(where: isExecutable) else { return nil }
        self.path = path
        self.arguments = words
        // The default options of less: quit if the output fits on one screen, and show colours.
        self.environment = environment.merging(["LESS": "FRX"]) { given, _ in given }
    }
}

/// A running pager.
final class PagerProcess {
    private let processID: pid_t
    private let input: Int32
    private var hasEnded = false

    /// Nil if the pager cannot be started.
    init?(_ command: PagerCommand) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let processID = Self.spawn(command, input: ends[0])
        close(ends[0])
        guard let processID else {
            close(ends[1])
            return nil
        }
        self.processID = processID
        self.input = ends[1]
        // Ignores Ctrl-C, because the pager handles it.
        signal(SIGINT, SIG_IGN)
    }

    deinit {
        finish()
    }

    /// Writes text to the pager.
    ///
    /// - Throws: `StandardStream.BrokenPipe` if the pager has exited.
    func write(_ text: String) throws {
        try StandardStream.write(text, to: input)
    }

    /// Closes the input of the pager and waits until the pager exits.
    func finish() {
        guard !hasEnded else { return }
        hasEnded = true
        close(input)
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0, errno == EINTR {}
        signal(SIGINT, SIG_DFL)
    }

    private static func spawn(_ command: PagerCommand, input: Int32) -> pid_t? {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        guard posix_spawn_file_actions_init(&actions) == 0 else { return nil }
        defer { posix_spawn_file_actions_destroy(&actions) }
        guard posix_spawnattr_init(&attributes) == 0 else { return nil }
        defer { posix_spawnattr_destroy(&attributes) }
        // Resets SIGPIPE and SIGXFSZ in the child, because this process ignores them and a child inherits that.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGPIPE, SIGXFSZ] { sigaddset(&signals, number) }
        guard posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO) == 0,
            posix_spawnattr_setsigdefault(&attributes, &signals) == 0,
            posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF)) == 0
        else { return nil }
        var arguments = command.arguments.map { strdup($0) } + [nil]
        var environment = command.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + environment { free(text) } }
        var processID: pid_t = 0
        return posix_spawn(&processID, command.path, &actions, &attributes, &arguments, &environment) == 0
            ? processID : nil
    }
}
