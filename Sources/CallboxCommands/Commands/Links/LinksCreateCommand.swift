internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import FollowUp
internal import Foundation
internal import Journal
internal import Presentation
internal import ProviderTransport
internal import Providers
internal import TerminalOutput

extension LinksCommand {
    struct Create: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            let apis = CallboxCommand.providers.callableAPIs
            let variable = apis.first.map { $0.environmentName($0.credentials[0]) } ?? ""
            return CommandConfiguration(
                commandName: "create",
                abstract: "Request a link, a case or an application from a provider.",
                discussion: """
                    The request is recorded in the archive before the provider is called. Credentials are read from environment \
                    variables, such as \(variable), or from files named under 'apis' in the configuration. Without \
                    --expect, the request determines the expected reports.
                    """,
                subcommands: apis.flatMap(\.links).map(subcommand))
        }

        private static func subcommand(_ form: any LinkForm.Type) -> any ParsableCommand.Type {
            func command<Form: LinkForm>(_: Form.Type) -> any ParsableCommand.Type { Order<Form>.self }
            return command(form)
        }
    }

    /// The subcommand of `links create` for one form of a provider.
    struct Order<Form: LinkForm>: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            let required = Form.fields.filter(\.isRequired).map { "--\($0.name) <\($0.valueName ?? "text")> " }.joined()
            return CommandConfiguration(
                commandName: Form.name, abstract: Form.abstract,
                usage: "callbox links create \(Form.name) \(required)[<options>]", discussion: Form.discussion)
        }

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var order: LinkOrderOptions
        @OptionGroup var fields: FieldOptions<Form>

        func run() async throws {
            let console = options.console
            let configuration = try options.load().reaching(Form.api, at: order.api)
            let values = try fields.values()
            let client = try ProviderAccess(configuration).client(Form.api)
            let creation = LinkCreation(configuration, order, console: console)
            if let file = values.linkFile(of: Form.fields), let bulk = Form.self as? any BulkLinkForm.Type {
                return try await creation.create(bulk, linesOf: try GivenBytes.read(file), values, by: client)
            }
            let context = LinkContext(
                isDryRun: order.dryRun, receiver: try receiver(values, configuration),
                identifier: UUID().uuidString.lowercased())
            let plan = try await client.finish(try Form.plan(values, for: client.account, in: context))
            guard let call = plan.call else { return }
            guard !order.dryRun else { return try console.print(call.request.transcript) }
            try await creation.create(plan, call, by: client)
        }

        /// The receiver for the base URL in `values`: the first source of the API's provider. Nil without a base URL.
        private func receiver(
            _ values: FieldValues, _ configuration: CallboxConfiguration
        ) throws(CommandFailure) -> LinkContext.Receiver? {
            guard let field = Form.fields.first(where: { $0.kind == .baseURL }), let text = values[field.name] else {
                return nil
            }
            let base = try CallbackURLs.base(argument: text)
            guard let source = configuration.sources.first(where: { $0.provider.name == Form.api.provider }) else {
                throw CommandFailure(
                    .configuration, "no source of \(Form.api.provider) is configured, so no report would be received",
                    advice: "Add a source under 'sources', or omit --\(field.name).")
            }
            return .init(
                url: CallbackURLs.url(of: source, base: base),
                routes: CallbackURLs.products(of: source, base: base).map { ReportField($0.key, $0.url) })
        }
    }
}

extension FieldValues {
    /// The path of the file with several orders; nil if no field contains such a path.
    fileprivate func linkFile(of fields: [Field]) -> String? {
        fields.first { $0.kind == .linkFile }.flatMap { self[$0.name] }
    }
}
