internal import Analysis
internal import ArgumentParser
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import TerminalOutput

struct TimelineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeline",
        abstract: "Show everything about one link, case or person, in order.",
        usage: "callbox timeline [<id>] [--external <key=value>] [<options>]",
        discussion: """
            From the reports that are named it goes on to those that share a link, case, applicant or person with them, \
            whichever provider sent them, and on from there once more. The order is that of the provider's time, or of \
            the arrival where it gives none; ARRIVED says how long after it a report came. The end says how things stand \
            now and what is still pending.

            EXAMPLES
              callbox timeline 42
              callbox timeline --external traceId=t-1
              callbox timeline --field linkId=4437b139-8a16-11ee-b636-487b6bad036a
              callbox timeline --field personalTaxId=10020030088 --format json
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var formats: FormatOptions

    @Argument(help: "Delivery or report: 42, 42.2 or latest.", transform: ItemReference.parse)
    var id: ItemReference?

    @Option(help: ArgumentHelp("A value of externalInfo, such as traceId=t-1.", valueName: "key=value"))
    var external: [String] = []

    @Option(
        help: ArgumentHelp("A provider's identifier, such as linkId=… or application.id=….", valueName: "name=value"))
    var field: [String] = []

    func validate() throws {
        guard (id == nil) != (external.isEmpty && field.isEmpty) else {
            throw ValidationError("Give the number of a delivery, or --external and --field.")
        }
    }

    func run() async throws {
        let console = options.console
        let fields = try FilterOptions.fields(external: external, field: field, command: "timeline")
        let reader = try await ArchiveAccess(try options.load(), console: console).reader()
        var search = TimelineSearch(reader, providers: CallboxCommand.providers)
        let timeline: Timeline
        if let id {
            let id = try id.deliveryID(reader, for: "timeline")
            timeline = try search.run(from: try reader.reports(of: id))
        } else {
            var filter = ReportFilter()
            filter.fields = fields
            timeline = try search.run(from: [filter])
        }
        guard !timeline.entries.isEmpty else { return console.note("no report matches") }
        try TimelineView(timeline: timeline).print(formats.resolved(for: console), on: console)
        if let shortcoming = timeline.shortcoming { console.note(shortcoming) }
    }
}
