internal import ArgumentParser
internal import Deliveries
internal import Providers
internal import TerminalOutput

struct SignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Print the headers that a provider would sign a body with. Offline.",
        usage: "callbox sign <scheme> [--secret-env <name>] [--body <file>] [<options>]",
        discussion: """
            Schemes: \(CallboxCommand.providers.schemes.map(\.name).joined(separator: ", ")), and the name of a source \
            whose provider has one scheme.

            EXAMPLES
              callbox sign klavi --secret-env CALLBOX_KLAVI_SECRET --body report.json
              callbox sign certn-legacy --secret-file secret.txt --body body.json
              callbox sign standard-webhooks --secret-file whsec --id msg_1 --body b.json
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var secretOptions: SecretOptions

    @Argument(help: "How to sign.")
    var scheme: String

    @Option(help: ArgumentHelp("The body; - for standard input.", valueName: "file"))
    var body = "-"

    @Option(help: ArgumentHelp("The time to sign; now where it is left out.", valueName: "time"))
    var time: String?

    @Option(help: ArgumentHelp("The identifier to sign, for schemes that sign one.", valueName: "id"))
    var id = "msg_1"

    func run() async throws {
        let scheme = try SchemeChoice.scheme(named: scheme, options)
        let secrets = try secretOptions.secrets(for: scheme.purpose)
        guard secrets.count == 1 else {
            throw CommandFailure(.usage, "sign takes one secret", advice: "Give --secret-env or --secret-file once.")
        }
        let now = SystemClock.now()
        guard let moment = time.map({ MomentText.parse($0, now: now, clock: options.clock) }) ?? now else {
            throw CommandFailure(.usage, "--time does not understand '\(TerminalText.escape(time ?? ""))'")
        }
        let headers: [HeaderField]
        switch scheme.proof {
        case .signature(let sign): headers = sign(try GivenBytes.read(body), secrets[0], moment, id)
        case .secretItself(let advice):
            throw CommandFailure(
                .usage, "\(scheme.name) sends the secret itself, so there is nothing to sign", advice: advice)
        }
        for header in headers { try options.console.print("\(header.name): \(header.value)") }
    }
}
