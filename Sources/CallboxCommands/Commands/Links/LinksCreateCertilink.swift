internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Foundation
internal import Journal
internal import ProviderClients
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

extension LinksCommand.Create {
    struct Certilink: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "certilink",
            abstract: "Create a Certilink of Certificall, or many from a file.",
            discussion: """
                The webhook's URL is told to Certificall by hand ('routes urls' prints it). Who knows a reportToken can read the \
                report without a login, so one that nobody guesses is made up where none is given.

                A file for --from is CSV with a line of names, or NDJSON; the names are those of Certificall's API, with dots: \
                reportToken, frameId, expirationDate, maxUses, companyId, beneficiary.lastName, instructions, metadata.source.

                EXAMPLES
                  callbox links create certilink --frame 1 --report-token case-001
                  callbox links create certilink --frame 1 --expires 7d --max-uses 3
                  callbox links create certilink --from links.csv --frame 1 --dry-run
                """)

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var order: LinkOrderOptions
        @OptionGroup var context: CertilinkContextOptions

        @Option(help: ArgumentHelp("Your identifier of the case. (default: a random UUID)", valueName: "token"))
        var reportToken: String?

        @Option(help: ArgumentHelp("What the user is asked for; 'links frames' lists them.", valueName: "id"))
        var frame: Int64?

        @Option(help: ArgumentHelp("When it ends: 7d from now, or 2026-12-31T23:59:59Z.", valueName: "time"))
        var expires: String?

        @Option(help: ArgumentHelp("How often it may be used.", valueName: "count"))
        var maxUses: Int64?

        @Option(help: ArgumentHelp("Your company, where the login is not enough.", valueName: "id"))
        var companyID: Int64?

        @Option(
            help: ArgumentHelp(
                "Create one for each line of this CSV or NDJSON file; - for standard input.", valueName: "file"))
        var from: String?

        func validate() throws {
            guard from == nil || reportToken == nil else {
                throw ValidationError("--from and --report-token exclude each other.")
            }
            guard from != nil || frame != nil else { throw ValidationError("Give --frame, or --from.") }
        }

        func run() async throws {
            let console = options.console
            let configuration = try options.load().reaching(.certificall, at: order.api)
            let access = ProviderAccess(configuration)
            let client = try access.certificall()
            var model = CertilinkOrder(reportToken: "", frameID: frame ?? 0)
            model.maxUses = maxUses
            model.companyID = companyID
            model.context = try context.context()
            var end: Timestamp?
            if let expires {
                let moment = try LinkEndText.parse(expires, "--expires", now: SystemClock.now())
                model.expirationDate = try calling { () throws(ProviderCallFailure) in
                    try CertilinkExpiration(moment)
                }
                end = moment
            }
            let creation = LinkCreation(configuration, order, console: console)
            let expectations = try order.expectations(or: ["certificate"])
            if let from {
                let orders = try CertilinkFile.orders(try GivenBytes.read(from), model: model, hasFrame: frame != nil)
                let batch = CertilinkBulk(
                    client: client, creation: creation, api: access.url(.certificall), expectations: expectations)
                return try await batch.create(orders, dryRun: order.dryRun)
            }
            model.reportToken = reportToken ?? UUID().uuidString.lowercased()
            let call = try calling { () throws(ProviderCallFailure) in try client.create(model) }
            guard !order.dryRun else { return try console.print(call.request.transcript) }
            let token = model.reportToken
            let link = CertilinkBulk.link(
                model, api: access.url(.certificall), expectations: expectations, expiresAt: end)
            try await creation.create(link, call, by: client) { response in
                var keys = [ReportField("reportId", token)]
                if let secret = response.magicLinkToken { keys.append(ReportField(LinkView.magicLinkToken, secret)) }
                return LinkCreation.Created(keys: keys, expiresAt: end, told: [.init("url", .string(response.url))])
            }
        }
    }
}
