internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import ProviderClients
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

extension LinksCommand.Create {
    struct KlaviReport: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "klavi-report",
            abstract: "Ask Klavi for reports about who has authorised before.",
            discussion: """
                With --institution-code at that institution (POST /personal/institution-data), else at all of them \
                (POST /personal/user-data); --business asks about a company. The reports come as callbacks.

                EXAMPLES
                  callbox links create klavi-report --tax-id 12345678909 --product all
                  callbox links create klavi-report --tax-id 12345678909 --product all --dry-run
                """)

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var order: LinkOrderOptions
        @OptionGroup var externalInfo: ExternalInfoOptions
        @OptionGroup var callbacks: KlaviCallbackOptions

        @Flag(help: "About a company instead of a person.")
        var business = false

        @Option(help: ArgumentHelp("The CPF of the person or the CNPJ of the company.", valueName: "id"))
        var taxID: String

        @Option(help: ArgumentHelp("A product, such as pf_checking_account, or 'all'.", valueName: "name"))
        var product: [String] = []

        @Option(help: ArgumentHelp("Only at this institution.", valueName: "code"))
        var institutionCode: String?

        @Option(help: ArgumentHelp("Only what this link authorised.", valueName: "id"))
        var linkID: String?

        @Option(help: ArgumentHelp("Only what this consent authorised.", valueName: "id"))
        var consentID: [String] = []

        func validate() throws {
            guard !product.isEmpty else { throw ValidationError("Give at least one --product, or --product all.") }
        }

        func run() async throws {
            let console = options.console
            let configuration = try options.load().reaching(.klavi, at: order.api)
            let externalInfo = try externalInfo.json()
            var body = KlaviReportOrder(
                business ? .business : .personal, taxID: taxID, institutionCode: institutionCode, products: product)
            body.linkID = linkID
            body.consentIDs = consentID
            body.productsCallbackURL = try callbacks.callbacks(configuration)
            body.externalInfo = externalInfo
            let access = ProviderAccess(configuration)
            let client = try access.klavi()
            let call = try calling { [body] () throws(ProviderCallFailure) in try client.requestReport(body) }
            guard !order.dryRun else { return try console.print(call.request.transcript) }
            let link = LinkOrder(
                provider: "klavi", api: access.url(.klavi), keys: ExternalInfoOptions.keys(externalInfo),
                expectations: try order.expectations(or: product.filter { $0 != ProductCallbacks.all }),
                externalInfo: externalInfo?.text)
            try await LinkCreation(configuration, order, console: console).create(link, call, by: client) { response in
                LinkCreation.Created(keys: [ReportField("requestId", response.requestID)], expiresAt: nil, told: [])
            }
        }
    }
}
