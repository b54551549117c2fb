internal import ArgumentParser

/// `callbox-sandbox receive`.
struct ReceiveCommand: SandboxSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "receive",
        abstract: "Receive requests on 127.0.0.1 and show exactly what came.",
        discussion: """
            The first line of standard output is 'listening on http://127.0.0.1:PORT'. Then each request is shown: its \
            request line and headers byte for byte and in order, the size and SHA-256 of its body, and the body, \
            escaped where it is not printable and cut at 2000 bytes. A request is answered once it is shown and its body is \
            written. A request over 64 MiB is closed without an answer and not counted.

            EXAMPLES
              Show what comes in until Ctrl-C:
                callbox-sandbox receive --port 9000
              Take one delivery, keep its body, give up after 30 seconds:
                callbox-sandbox receive --count 1 --out body.json --timeout 30
              Be a receiver that is out of order:
                callbox-sandbox receive --status 503
            """)

    @Option(help: "The port; 0 takes a free one.")
    var port = 0

    @Option(help: ArgumentHelp("Stop after this many requests. (default: run until SIGINT or SIGTERM)", valueName: "n"))
    var count: Int?

    @Option(help: "The status of every answer, 200 to 599.")
    var status = 200

    @Option(
        help: ArgumentHelp("Write the exact body of the last request to this file, with mode 0600.", valueName: "file"))
    var out: String?

    @Option(help: ArgumentHelp("Stop after this time; decimals are allowed.", valueName: "seconds"))
    var timeout: Double?

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port must be 0 to 65535.") }
        guard (200...599).contains(status) else { throw ValidationError("--status must be 200 to 599.") }
        if let count, count < 1 { throw ValidationError("--count must be at least 1.") }
        if let timeout, !(0.001...1_000_000).contains(timeout) {
            throw ValidationError("--timeout must be 0.001 to 1000000 seconds.")
        }
    }

    func run(on console: Console) async throws -> SandboxStatus {
        var bodyFile: BodyFile?
        if let out { bodyFile = try BodyFile(path: out) }
        let run = ReceiveRun(
            port: port, count: count, status: status, bodyFile: bodyFile, timeLimit: timeout.map { .seconds($0) })
        return try await Interruption.watching { try await run.run(on: console, interruptions: $0) }
    }
}
