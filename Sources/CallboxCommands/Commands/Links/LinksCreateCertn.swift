internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import ProviderClients
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

extension CertnLegacyClient.Industry: ExpressibleByArgument {}

extension LinksCommand.Create {
    struct Certn: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "certn",
            abstract: "Order a check at Certn's legacy API: a quickscreen, or an invitation with --invite.",
            discussion: """
                The webhook's URL is set in Certn's Partner tab ('routes urls' prints it), not here. Without --owner-id the \
                first user of the team owns the order.

                EXAMPLES
                  callbox links create certn --invite --email a@b.test --check softcheck
                  callbox links create certn --check softcheck --fields-file order.json
                """)

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var order: LinkOrderOptions

        @Option(help: ArgumentHelp("What the check is for: hr or pm.", valueName: "hr|pm"))
        var industry = CertnLegacyClient.Industry.humanResources

        @Flag(help: "Invite the applicant by mail, who fills in the rest.")
        var invite = false

        @Option(help: ArgumentHelp("A check, such as softcheck or request_softcheck.", valueName: "name"))
        var check: [String] = []

        @Option(help: ArgumentHelp("The id of the user who owns the order.", valueName: "id"))
        var ownerID: String?

        @Option(help: ArgumentHelp("Yours; comes back in every delivery.", valueName: "text"))
        var tag: String?

        @Option(help: "The applicant's e-mail address.")
        var email: String?

        @Option(help: "The applicant's phone number.")
        var phoneNumber: String?

        @Option(help: "The applicant's first name.")
        var firstName: String?

        @Option(help: "The applicant's last name.")
        var lastName: String?

        @Option(help: "The applicant's current address: street.")
        var address: String?

        @Option(help: "Its city.")
        var city: String?

        @Option(help: "Its province or state, such as BC.")
        var provinceState: String?

        @Option(help: "Its country, such as CA.")
        var country: String?

        @Option(help: "The position or property: street.")
        var locationAddress: String?

        @Option(help: "Its city.")
        var locationCity: String?

        @Option(help: "Its province or state.")
        var locationProvinceState: String?

        @Option(help: "Its country.")
        var locationCountry: String?

        @Option(help: "Its postal code.")
        var locationPostalCode: String?

        @Option(help: "Its type, such as 'Position Location'.")
        var locationType: String?

        @Option(help: ArgumentHelp("A file with further members of the order as a JSON object.", valueName: "file"))
        var fieldsFile: String?

        @Option(help: ArgumentHelp("A file with further members of 'information' as a JSON object.", valueName: "file"))
        var informationFile: String?

        func validate() throws {
            guard !check.isEmpty else { throw ValidationError("Give at least one --check, such as softcheck.") }
            guard !invite || email != nil else { throw ValidationError("--invite needs --email.") }
        }

        func run() async throws {
            let console = options.console
            let configuration = try options.load().reaching(.certnLegacy, at: order.api)
            let access = ProviderAccess(configuration)
            let client = try access.certnLegacy()
            let owner = try await owner(client)
            let call = try call(client, owner: owner)
            guard !order.dryRun else { return try console.print(call.request.transcript) }
            let link = LinkOrder(
                provider: "certn-legacy", api: "\(access.url(.certnLegacy))/api/v1/\(industry.rawValue)",
                keys: tag.map { [ReportField("externalInfo.tag", $0)] } ?? [],
                expectations: try order.expectations(or: ["applicant:report_status=COMPLETE"]))
            try await LinkCreation(configuration, order, console: console).create(link, call, by: client) { response in
                var keys = [ReportField("id", response.applicantID ?? response.id)]
                if response.applicantID != nil { keys.append(ReportField("application.id", response.id)) }
                return LinkCreation.Created(
                    keys: keys, expiresAt: nil,
                    told: [
                        .init("reportStatus", .optional(response.reportStatus ?? response.status)),
                        .init("onboardingLink", .optional(response.rest.root["onboarding_link"]?.string)),
                    ])
            }
        }

        /// The first user of the team, who is only asked for where the order is really sent.
        private func owner(_ client: CertnLegacyClient) async throws(CommandFailure) -> String {
            if let ownerID { return ownerID }
            if order.dryRun { return "<the first user of GET /api/v1/users/>" }
            guard let first = try await send(client.users(), by: client).ids.first else {
                throw CommandFailure(
                    .negative, "the team has no user who could own the order", advice: "Name one with --owner-id.")
            }
            return first
        }

        private func call(
            _ client: CertnLegacyClient, owner: String
        ) throws(CommandFailure) -> ProviderCall<CertnApplication> {
            let checks = check.map { $0.hasPrefix("request_") ? $0 : "request_\($0)" }
            let more = try fieldsFile.map { path throws(CommandFailure) in
                try ExternalInfoOptions.object(inFile: path, "--fields-file")
            }
            let applicant = try applicant()
            if invite {
                var body = CertnInviteOrder(email: email ?? "", checks: checks, ownerID: owner)
                body.phoneNumber = phoneNumber
                body.tag = tag
                body.applicant = applicant.isEmpty ? nil : applicant
                body.more = more
                return try calling { () throws(ProviderCallFailure) in try client.invite(body, for: industry) }
            }
            var location = CertnAddress(
                address: locationAddress ?? "", city: locationCity ?? "",
                provinceState: locationProvinceState ?? "", country: locationCountry ?? "")
            location.postalCode = locationPostalCode
            location.locationType = locationType
            var body = CertnQuickOrder(checks: checks, applicant: applicant, ownerID: owner, location: location)
            body.tag = tag
            body.more = more
            return try calling { () throws(ProviderCallFailure) in try client.order(body, for: industry) }
        }

        private func applicant() throws(CommandFailure) -> CertnApplicant {
            var applicant = CertnApplicant(firstName: firstName, lastName: lastName)
            if address != nil || city != nil || provinceState != nil || country != nil {
                var current = CertnAddress(
                    address: address ?? "", city: city ?? "", provinceState: provinceState ?? "", country: country ?? ""
                )
                current.isCurrent = true
                applicant.addresses = [current]
            }
            applicant.more = try informationFile.map { path throws(CommandFailure) in
                try ExternalInfoOptions.object(inFile: path, "--information-file")
            }
            return applicant
        }
    }
}

extension CertnApplicant {
    /// Whether nothing is known of the applicant.
    fileprivate var isEmpty: Bool {
        firstName == nil && lastName == nil && addresses.isEmpty && more == nil
    }
}
