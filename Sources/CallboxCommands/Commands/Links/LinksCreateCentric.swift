internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import ProviderClients
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

extension LinksCommand.Create {
    struct Centric: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "certn-centric",
            abstract: "Order a case at CertnCentric (POST /cases/order/ or /cases/order-package/).",
            discussion: """
                The webhook's URL is set in the Client Portal ('routes urls' prints it), not here. Without an invitation the \
                order is a quickscreen and needs the applicant's name and date of birth.

                EXAMPLES
                  callbox links create certn-centric --email a@b.test --package basic
                  callbox links create certn-centric --email a@b.test --check CREDIT_REPORT_1
                """)

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var order: LinkOrderOptions

        @Option(help: "The applicant's e-mail address.")
        var email: String

        @Option(
            help: ArgumentHelp("A type of check, with its arguments as a JSON object after '='.", valueName: "type"))
        var check: [String] = []

        @Option(help: ArgumentHelp("A package instead of checks.", valueName: "name"))
        var package: String?

        @Flag(help: "Certn invites the applicant by mail.")
        var sendInviteEmail = false

        @Flag(help: "Print a link for the applicant.")
        var returnInviteLink = false

        @Option(help: "The applicant's given name.")
        var givenName: String?

        @Option(help: "The applicant's family name.")
        var familyName: String?

        @Option(help: ArgumentHelp("The applicant's date of birth.", valueName: "yyyy-mm-dd"))
        var dateOfBirth: String?

        @Option(help: "Where the applicant lives: street.")
        var streetAddress: String?

        @Option(help: "The town.")
        var locality: String?

        @Option(help: ArgumentHelp("The province or state.", valueName: "name"))
        var administrativeDivision1: String?

        @Option(help: "The postal code.")
        var postalCode: String?

        @Option(help: "The country.")
        var country: String?

        @Option(help: ArgumentHelp("Since when.", valueName: "yyyy-mm-dd"))
        var startDate: String?

        @Option(help: ArgumentHelp("A file with further members of the order as a JSON object.", valueName: "file"))
        var fieldsFile: String?

        func validate() throws {
            guard check.isEmpty != (package == nil) else { throw ValidationError("Give --check or --package.") }
        }

        func run() async throws {
            let console = options.console
            let configuration = try options.load().reaching(.certnCentric, at: order.api)
            let access = ProviderAccess(configuration)
            let client = try access.certnCentric()
            let call = try call(client)
            guard !order.dryRun else { return try console.print(call.request.transcript) }
            let link = LinkOrder(
                provider: "certn-centric", api: access.url(.certnCentric),
                expectations: try order.expectations(or: ["CASE_STATUS_CHANGED"]))
            try await LinkCreation(configuration, order, console: console).create(link, call, by: client) { response in
                LinkCreation.Created(
                    keys: [ReportField("object_id", response.id)], expiresAt: nil,
                    told: [
                        .init("shortId", .optional(response.shortID)),
                        .init("overallStatus", .optional(response.overallStatus)),
                        .init("inviteLink", .optional(response.inviteLink)),
                    ])
            }
        }

        private func call(_ client: CertnCentricClient) throws(CommandFailure) -> ProviderCall<CentricCase> {
            let more = try fieldsFile.map { path throws(CommandFailure) in
                try ExternalInfoOptions.object(inFile: path, "--fields-file")
            }
            if let package {
                var body = CentricPackageOrder(package: package, emailAddress: email)
                body.more = more
                return try calling { () throws(ProviderCallFailure) in try client.order(body) }
            }
            var checks: [CentricCaseOrder.Check] = []
            for text in check {
                let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
                let arguments = try parts.dropFirst().first.map { json throws(CommandFailure) in
                    try ExternalInfoOptions.object(json, "--check")
                }
                checks.append(CentricCaseOrder.Check(parts.first ?? "", arguments: arguments))
            }
            var body = CentricCaseOrder(
                emailAddress: email, sendsInviteEmail: sendInviteEmail, returnsInviteLink: returnInviteLink,
                checks: checks)
            body.inputClaims = claims
            body.more = more
            return try calling { () throws(ProviderCallFailure) in try client.order(body) }
        }

        private var claims: CentricInputClaims? {
            var claims = CentricInputClaims()
            claims.givenName = givenName
            claims.familyName = familyName
            claims.dateOfBirth = dateOfBirth
            if let streetAddress {
                claims.residences = [
                    .init(
                        streetAddress: streetAddress, locality: locality ?? "",
                        administrativeDivision1: administrativeDivision1 ?? "", postalCode: postalCode ?? "",
                        country: country ?? "", startDate: startDate)
                ]
            }
            return claims == CentricInputClaims() ? nil : claims
        }
    }
}
