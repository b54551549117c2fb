internal import ArgumentParser
internal import Deliveries
internal import Providers
internal import TerminalOutput

struct SignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Print the signature headers of a provider, offline.",
        usage: "callbox sign <scheme> [--secret-env <name>] [--body <file>] [<options>]",
        discussion: """
            Schemes: \(CallboxCommand.providers.schemes.map(\.name).joined(separator: ", ")), or a source whose provider has \
            only one scheme.

            EXAMPLES
              callbox sign klavi --secret-env CALLBOX_KLAVI_SECRET --body report.json
              callbox sign certn-legacy --secret-file secret.txt --body body.json
              callbox sign standard-webhooks --secret-file whsec --id msg_1 --body b.json
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var secretOptions: SecretOptions

    @Argument(help: "The signature scheme.")
    var scheme: String

    @Option(help: ArgumentHelp("The body; - is standard input.", valueName: "file"))
    var body = "-"

    @Option(help: ArgumentHelp("Time in the signature. (default: now)", valueName: "time"))
    var time: String?

    @Option(help: ArgumentHelp("Message ID, for schemes that sign one.", valueName: "id"))
    var id = "msg_1"

    func run() async throws {
        let scheme = try SchemeChoice.scheme(named: scheme, options)
        let secrets = try secretOptions.secrets(for: scheme.purpose)
        guard secrets.count == 1 else {
            throw CommandFailure(.usage, "sign accepts one secret", advice: "Pass --secret-env or --secret-file once.")
        }
        let now = SystemClock.now()
        let moment = try time.map { text throws(CommandFailure) in
            try FilterOptions.moment(text, "--time", now, options.clock)
        }
        switch scheme.proof {
        case .signature(let sign):
            for header in sign(try GivenBytes.read(body), secrets[0], moment ?? now, id) {
                try options.console.print("\(header.name): \(header.value)")
            }
        case .secretItself(let advice, _):
            throw CommandFailure(
                .usage, "\(scheme.name) sends the secret itself, so there is nothing to sign", advice: advice)
        }
    }
}
