internal import ArgumentParser
internal import Presentation
internal import ReportIndex
internal import TerminalOutput

/// `--explain`: prints the query plan instead of running the query.
struct PlanOptions: ParsableArguments {
    @Flag(help: "Show the query plan and do not run the query.")
    var explain = false

    func print(_ filter: ReportFilter, _ reader: ArchiveReader, _ format: OutputFormat, _ console: Console) throws {
        let view = PlanView(try reader.plan(of: filter))
        for line in format == .table ? view.lines : [view.json.line] { try console.print(line) }
    }
}
