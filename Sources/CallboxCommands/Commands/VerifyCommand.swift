internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Presentation
internal import Providers
internal import TerminalOutput

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify a signature offline, and explain a failure.",
        usage: "callbox verify <scheme> [--request <file>] [<options>]",
        discussion: """
            Pass a whole HTTP request with --request, or its headers with --header and its body with --body. Exits \
            with 1 if the signature is not valid. Secrets are never printed.

            EXAMPLES
              callbox verify klavi --secret-env CALLBOX_KLAVI_SECRET --request request.http
              callbox verify klavi --secret-env S --body b --header X-Klavi-Signature:49…
              callbox verify certn-legacy --secret-file s --request r.http --at 2026-11-02
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var secretOptions: SecretOptions

    @Argument(help: "The signature scheme. 'callbox sign --help' lists the schemes.")
    var scheme: String

    @Option(help: ArgumentHelp("A header as it arrived. Repeatable.", valueName: "name: value"))
    var header: [String] = []

    @Option(help: ArgumentHelp("The body; - is standard input.", valueName: "file"))
    var body: String?

    @Option(help: ArgumentHelp("A whole request; - is standard input.", valueName: "file"))
    var request: String?

    @Option(help: ArgumentHelp("The time of arrival. (default: now)", valueName: "time"))
    var at: String?

    @Option(help: ArgumentHelp("Maximum difference between the signed time and the arrival.", valueName: "duration"))
    var tolerance = "300s"

    func run() async throws {
        let scheme = try SchemeChoice.scheme(named: scheme, options)
        let secrets = try secretOptions.secrets(for: scheme.purpose)
        let now = SystemClock.now()
        let moment = try at.map { text throws(CommandFailure) in
            try FilterOptions.moment(text, "--at", now, options.clock)
        }
        guard let tolerance = Quantity.duration(tolerance) else {
            throw CommandFailure(.usage, "--tolerance must be a duration, such as 300s")
        }
        let request = try given(at: moment ?? now)
        let diagnosis = scheme.diagnose(
            request, with: secrets, toleranceMilliseconds: tolerance.milliseconds)
        for line in DiagnosisView.lines(diagnosis, of: request, options.console) { try options.console.print(line) }
        guard case .verified = diagnosis.outcome else { throw ExitStatus.negative }
    }

    private func given(at moment: Timestamp) throws(CommandFailure) -> InboundRequest {
        var head: [HeaderField] = []
        var bytes: [UInt8] = []
        switch (request, body) {
        case (let path?, nil):
            guard let whole = RequestText(try GivenBytes.read(path)) else {
                throw CommandFailure(
                    .damagedData, "\(TerminalText.escape(path)) is not an HTTP request",
                    advice: "It must begin with a line such as POST /path HTTP/1.1.")
            }
            head = whole.headers
            bytes = whole.body
        case (nil, let path):
            bytes = try GivenBytes.read(path ?? "-")
        case (_?, _?):
            throw CommandFailure(.usage, "--request and --body cannot be combined")
        }
        for line in header {
            guard let field = RequestText.field(line) else {
                throw CommandFailure(
                    .usage, "'\(TerminalText.escape(line))' is not a header", advice: "Use the form 'Name: value'.")
            }
            head.append(field)
        }
        return InboundRequest(
            method: "POST", target: RequestTarget("/"), headers: HeaderFields(head), body: bytes, peer: "local",
            receivedAt: moment)
    }
}
