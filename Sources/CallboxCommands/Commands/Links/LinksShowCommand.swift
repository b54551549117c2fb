internal import ArgumentParser
internal import Deliveries
internal import Journal
internal import Presentation
internal import ReportIndex
internal import TerminalOutput

extension LinksCommand {
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a link, its reports and its follow-ups.",
            usage: "callbox links show <link> [--format <format>]",
            discussion: """
                The URL of a link is not stored, because anyone who has it can act as the user. Only 'links create' \
                prints it.

                EXAMPLES
                  callbox links show 7
                  callbox links show 7 --format json | jq .missing
                """)

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var subject: LinkArgument
        @OptionGroup var formats: ViewFormatOptions

        func run() async throws {
            let console = options.console
            let known = try await subject.known(try options.load(), console)
            let progress = try known.reader.progress(of: known.link)
            let followUps = try known.reader.followUps(of: progress)
            let providers = CallboxCommand.providers
            try formats.print(
                LinkView.json(progress, followUps, providers, masks: console.isTerminal),
                LinkView.lines(progress, followUps, providers, on: console), on: console)
        }
    }
}

extension ArchiveReader {
    /// The follow-ups of a link, newest first. A follow-up belongs to the link if a delivery of the link caused it, or
    /// if its subject contains a key of the link. Searches only the last 100,000 follow-ups.
    fileprivate func followUps(of progress: LinkProgress) throws -> [FollowUpRecord] {
        let causes = Set(progress.arrivals.map(\.deliveryID))
        let keys = Set(LinkView.ownKeys(progress.link).map { $0.value[...] })
        return try followUps(limit: 100_000).filter { record in
            let order = record.followUp.order
            return order.cause.map(causes.contains) ?? false
                || order.subject.split(separator: "/").contains(where: keys.contains)
        }
    }
}
