internal import ArgumentParser
internal import Foundation

/// `callbox-sandbox send`.
struct SendCommand: SandboxSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Send sample callbacks to a receiver, signed as their provider would sign them now.",
        discussion: """
            Each case is sent with its method, target, headers in order and exact body; only Host, Content-Length and \
            the proof (X-Klavi-Signature with X-Klavi-Timestamp, Certn-Signature, X-Signature, Certificall's HMAC) get \
            new values. Bearer, Basic and the unsigned browser redirects go out as recorded.

            A case is as expected when the status of its answer is the one in its expected.json. Redirects are not \
            followed. A connection, and then an answer, is awaited for 10 seconds.

            EXAMPLES
              Send every case to a receiver on this machine:
                callbox-sandbox send --to http://127.0.0.1:8787
              Send one case (or several):
                callbox-sandbox send klavi/consent-events --to http://127.0.0.1:8787
              See that wrong secrets are refused:
                callbox-sandbox send --wrong-signature --to http://127.0.0.1:8787
            """)

    @Argument(
        help: ArgumentHelp(
            "A case, like klavi/link-created-event; all, in order of name, when none is given.", valueName: "case"))
    var cases: [String] = []

    @Option(help: ArgumentHelp("Where the receiver is: http://host[:port][/prefix].", valueName: "url"))
    var to: String

    @Option(help: ArgumentHelp("The folder with the cases.", valueName: "folder"))
    var samples = "samples"

    @Option(
        help: ArgumentHelp(
            "The folder with the secrets that sign. (default: secrets in the folder of --samples)", valueName: "folder")
    )
    var secrets: String?

    @Flag(help: "Sign with a wrong secret, token or password, and expect 401 for every signed case.")
    var wrongSignature = false

    func validate() throws {
        guard BaseAddress(to) != nil else {
            throw ValidationError("--to must be like http://127.0.0.1:8787; only plain http is spoken.")
        }
    }

    func run(on console: Console) async throws -> SandboxStatus {
        guard let base = BaseAddress(to) else { return .usage }
        let run = SendRun(
            base: base, samples: SampleFolder(path: samples),
            secrets: SecretFolder(path: secrets ?? "\(samples)/secrets"),
            names: cases, mode: wrongSignature ? .wrong : .fresh,
            secondsSinceEpoch: { Int64(Date().timeIntervalSince1970) })
        return try await run.run(on: console)
    }
}
