internal import ArgumentParser
internal import Deliveries
internal import Foundation
internal import Journal
internal import Providers
internal import ReportIndex
internal import TerminalOutput

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say every decision on a delivery, in order.",
        usage: "callbox explain <id> [<options>]",
        discussion: """
            Which source took it, what proved its sender, how far the clocks were apart, what it was read as, which rule \
            filed it, and what makes a repeat of it. The checks are made again with today's configuration where its \
            secrets are at hand.

            EXAMPLES
              callbox explain 42
            """)

    @OptionGroup var options: ConfigurationOptions

    @Argument(
        help: ArgumentHelp("Delivery or report: 42, 42.2 or latest.", valueName: "id"), transform: ItemReference.parse)
    var id: ItemReference

    func run() async throws {
        let console = options.console
        let configuration = try options.load()
        let reader = try await ArchiveAccess(configuration, console: console).reader()
        let id = try id.deliveryID(reader, for: "explain")
        let (delivery, reports, promotion) = try translating {
            (try reader.delivery(id), try reader.reports(of: id), try reader.promotion(of: id))
        }
        guard let delivery else { throw CommandFailure.noSuchDelivery(id) }
        let explanation = DeliveryExplanation(
            delivery: delivery, reports: reports, promotion: promotion, configuration: configuration,
            environment: ProcessInfo.processInfo.environment)
        for line in explanation.lines(on: console) { try console.print(line) }
    }
}
