internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import ProviderClients
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

extension LinksCommand.Create {
    struct Klavi: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "klavi",
            abstract: "Create a Klavi link (POST /links).",
            discussion: """
                With --base-url the productsCallbackURL is made of the routes of the klavi source, as 'routes urls' prints it. \
                Without it, and without --callback, reports go where Klavi's Console says.

                EXAMPLES
                  callbox links create klavi --base-url https://cb.example.com
                  callbox links create klavi --external traceId=t-1 --dry-run
                  callbox links create klavi --callback all=https://cb.example.com/k
                  callbox links create klavi --api http://127.0.0.1:9900/data/v1
                """)

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var order: LinkOrderOptions
        @OptionGroup var externalInfo: ExternalInfoOptions

        @OptionGroup var addresses: KlaviCallbackOptions

        @Option(help: ArgumentHelp("The CPF of the person, 11 digits.", valueName: "cpf"))
        var personalTaxID: String?

        @Option(help: ArgumentHelp("The CNPJ of the company, 14 characters.", valueName: "cnpj"))
        var businessTaxID: String?

        @Option(help: "The user's e-mail address.")
        var email: String?

        @Option(help: "The user's phone number.")
        var phone: String?

        @Option(help: ArgumentHelp("Spares the user the choice of an institution.", valueName: "code"))
        var institutionCode: String?

        @Option(help: ArgumentHelp("Where the user's browser goes in the end.", valueName: "url"))
        var redirectURL: String?

        @Option(help: ArgumentHelp("From an earlier report, to update its data.", valueName: "key"))
        var connectionKey: String?

        @Option(help: ArgumentHelp("The app that is opened in the end.", valueName: "url"))
        var appLink: String?

        @Option(help: ArgumentHelp("The parameter that the app link gets; needed with it.", valueName: "name"))
        var appRedirectURLKey: String?

        func run() async throws {
            let console = options.console
            let configuration = try options.load().reaching(.klavi, at: order.api)
            let externalInfo = try externalInfo.json()
            let callbacks = try addresses.callbacks(configuration)
            var body = KlaviLinkOrder()
            body.personalTaxID = personalTaxID
            body.businessTaxID = businessTaxID
            body.email = email
            body.phone = phone
            body.institutionCode = institutionCode
            body.redirectURL = redirectURL
            body.productsCallbackURL = callbacks
            body.externalInfo = externalInfo
            body.connectionKey = connectionKey
            body.appLink = appLink
            body.appRedirectURLKey = appRedirectURLKey
            let access = ProviderAccess(configuration)
            let client = try access.klavi()
            let call = try calling { () throws(ProviderCallFailure) in try client.createLink(body) }
            guard !order.dryRun else { return try console.print(call.request.transcript) }
            let products = callbacks?.entries.map(\.key).filter { !["all", "other"].contains($0) } ?? []
            let link = LinkOrder(
                provider: "klavi", api: access.url(.klavi), keys: ExternalInfoOptions.keys(externalInfo),
                expectations: try order.expectations(or: products), externalInfo: externalInfo?.text)
            try await LinkCreation(configuration, order, console: console).create(link, call, by: client) { response in
                let now = SystemClock.now()
                return LinkCreation.Created(
                    keys: [ReportField("linkId", response.linkID)],
                    expiresAt: response.expiresInSeconds.map {
                        now.advanced(byMilliseconds: $0.multipliedReportingOverflow(by: 1000).partialValue)
                    },
                    told: [.init("linkURL", .string(response.linkURL))])
            }
        }
    }
}
