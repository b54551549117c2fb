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
            Schemes: \(OfflineScheme.known.map(\.name).joined(separator: ", ")), and the name of a source that the \
            configuration describes.

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
        guard let moment = time.map({ MomentText.parse($0, now: now) }) ?? now else {
            throw CommandFailure(.usage, "--time does not understand '\(TerminalText.escape(time ?? ""))'")
        }
        guard let headers = scheme.headers(signing: try GivenBytes.read(body), with: secrets[0], at: moment, id: id)
        else {
            throw CommandFailure(
                .usage, "\(scheme.name) sends the secret itself, so there is nothing to sign",
                advice: scheme.purpose == .bearer
                    ? "Send 'Authorization: Bearer' and the token."
                    : "Send 'Authorization: Basic' and base 64 of user:password.")
        }
        for header in headers { try options.console.print("\(header.name): \(header.value)") }
    }
}
