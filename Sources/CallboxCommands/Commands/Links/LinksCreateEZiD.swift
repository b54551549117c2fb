internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import ProviderClients
internal import Providers
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

extension LinksCommand.Create {
    struct EZiD: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ezid",
            abstract: "Send an EZiD magic link (POST /email-link/send).",
            discussion: """
                EZiD mails the link; with --push-email no it is printed instead, to be mailed by you: who has it logs in as the \
                user.

                EXAMPLES
                  callbox links create ezid --email a@b.test --base-url https://cb.test
                  callbox links create ezid --email a@b.test --link-target https://b.test/in
                """)

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var order: LinkOrderOptions

        @Option(help: "The user's e-mail address.")
        var email: String

        @Option(
            help: ArgumentHelp(
                "Where the providers reach this server; the link leads to its ezid source.", valueName: "url"))
        var baseURL: String?

        @Option(help: ArgumentHelp("Where the link leads instead (base_url_email_link).", valueName: "url"))
        var linkTarget: String?

        @Option(help: ArgumentHelp("How long the link is good; EZiD's default is 5m.", valueName: "time"))
        var expiry: String?

        @Option(help: ArgumentHelp("Whether EZiD sends the mail.", valueName: "yes|no"))
        var pushEmail: String?

        @Option(help: ArgumentHelp("Where the user goes after that.", valueName: "url"))
        var callbackURL: String?

        @Option(help: ArgumentHelp("An e-mail address that is filled in for the user.", valueName: "email"))
        var loginHint: String?

        @Option(help: ArgumentHelp("A claim for the access token; may stand several times.", valueName: "key=value"))
        var claim: [String] = []

        @Option(help: ArgumentHelp("A file with all claims as a JSON object.", valueName: "file"))
        var claimsFile: String?

        func validate() throws {
            guard (baseURL == nil) != (linkTarget == nil) else {
                throw ValidationError("Give --base-url or --link-target.")
            }
            if let pushEmail, !["yes", "no"].contains(pushEmail.lowercased()) {
                throw ValidationError("--push-email must be yes or no.")
            }
        }

        func run() async throws {
            let console = options.console
            let configuration = try options.load().reaching(.ezid, at: order.api)
            var body = EZiDLinkOrder(email: email, linkTarget: try target(configuration))
            if let expiry {
                guard let duration = Quantity.duration(expiry), duration > .zero else {
                    throw CommandFailure(
                        .usage, "--expiry does not understand '\(TerminalText.escape(expiry))'",
                        advice: "Write a time such as 5m or 1h.")
                }
                body.expiryMilliseconds = duration.milliseconds
            }
            body.pushesEmail = pushEmail.map { $0.lowercased() == "yes" }
            body.callbackURL = callbackURL
            body.loginHint = loginHint
            var claims = ExternalInfoOptions()
            claims.external = claim
            claims.externalFile = claimsFile
            body.claims = try claims.json("--claim", "--claims-file")
            let access = ProviderAccess(configuration)
            let client = try access.ezid()
            let call = try calling { () throws(ProviderCallFailure) in try client.sendLink(body) }
            guard !order.dryRun else { return try console.print(call.request.transcript) }
            let isOurs = body.pushesEmail == false
            let link = LinkOrder(
                provider: "ezid", api: access.url(.ezid),
                expectations: try order.expectations(or: baseURL == nil ? [] : ["redirect"]))
            let lifetime = body.expiryMilliseconds ?? 300_000
            try await LinkCreation(configuration, order, console: console).create(link, call, by: client) { response in
                let uuid = response.code.flatMap { EZiDClaims(unverified: $0)?.rest.root["uuid"]?.scalarText }
                return LinkCreation.Created(
                    keys: uuid.map { [ReportField("uuid", $0)] } ?? [],
                    expiresAt: SystemClock.now().advanced(byMilliseconds: lifetime),
                    told: isOurs ? [.init("emailLink", .string(response.emailLink.text))] : [])
            }
        }

        private func target(_ configuration: CallboxConfiguration) throws(CommandFailure) -> String {
            guard let baseURL else { return linkTarget ?? "" }
            let source = try GivenBaseURL.source(of: "ezid", in: configuration)
            return CallbackURLs.url(of: source, base: try GivenBaseURL.base(baseURL)) + "/auth"
        }
    }
}
