internal import ArgumentParser
internal import Foundation

/// `callbox-sandbox serve`.
struct ServeCommand: SandboxSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Imitate the APIs of Klavi, Certn, EZiD and Certificall on 127.0.0.1.",
        discussion: """
            The first line of standard output is 'listening on http://127.0.0.1:PORT'; below it stand the base URL and the \
            worthless credentials of each API. The pages that a user would see are there too: a link's URL opens in \
            a browser, and /mailbox shows the mails that EZiD would have sent. Same seed, same calls: same identifiers.

            EXAMPLES
              Try a Callbox that listens on its usual port:
                callbox-sandbox serve --deliver-to http://127.0.0.1:8787
              Take another port and other identifiers:
                callbox-sandbox serve --port 9901 --seed 7
            """)

    @Option(help: "The port; 0 takes a free one.")
    var port = 9900

    @Option(help: "What chance begins with.")
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "Where a Callbox listens: sets the callback URL of every provider that has one in its console.",
            valueName: "url"))
    var deliverTo: String?

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port must be 0 to 65535.") }
        if let deliverTo, BaseAddress(deliverTo) == nil {
            throw ValidationError("--deliver-to must be a URL such as http://127.0.0.1:8787.")
        }
    }

    func run(on console: Console) async throws -> SandboxStatus {
        let server = try await SandboxServer.listen(port: port, seed: seed)
        try console.print("listening on \(server.baseURL)")
        for line in SandboxGuide.lines(baseURL: server.baseURL) { try console.print(line) }
        try await Interruption.watching { interruptions in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await server.serve() }
                if let deliverTo { try await server.sandbox.registerEverywhere(deliverTo) }
                for await _ in interruptions { break }
                await server.stop()
                try await group.waitForAll()
            }
        }
        return .success
    }
}

extension Sandbox {
    /// Sets the callback URL of every provider that has one: the default paths of a Callbox at this address.
    package func registerEverywhere(_ base: String) async throws(SandboxFailure) {
        var base = base[...]
        while base.hasSuffix("/") { base = base.dropLast() }
        let paths = [
            ("klavi", "/klavi"), ("certn-legacy", "/certn"), ("certn-centric", "/certn"),
            ("certificall", "/certificall"),
        ]
        for (provider, path) in paths {
            do throws(SandboxRefusal) {
                try await register(Registration(url: base + path), at: provider)
            } catch {
                throw .refused(error.text)
            }
        }
    }
}

/// What a user of a sandbox has to know: where each API is, and with what credentials.
enum SandboxGuide {
    static func lines(baseURL: String) -> [String] {
        [
            "",
            "klavi          \(baseURL)/data/v1          accessKey \(SandboxAccount.klaviAccessKey), secretKey \(SandboxAccount.klaviSecretKey)",
            "certn-legacy   \(baseURL)                  client \(SandboxAccount.certnClientID) / \(SandboxAccount.certnClientSecret)",
            "certn-centric  \(baseURL)                  Api-Key \(SandboxAccount.centricAPIKey)",
            "ezid           \(baseURL)                  client \(SandboxAccount.ezidClientID) / \(SandboxAccount.ezidClientSecret), mails at \(baseURL)/mailbox",
            "certificall    \(baseURL)/certificall/api  user \(SandboxAccount.certificallUser) / \(SandboxAccount.certificallPassword)",
            "",
        ]
    }
}
