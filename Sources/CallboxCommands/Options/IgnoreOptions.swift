internal import Analysis
internal import ArgumentParser
internal import TerminalOutput

/// Differences that a comparison ignores.
struct IgnoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Ignore a path: $.a.b, $.a[*].b, $.a.*, or $..b for b anywhere.", valueName: "path"))
    var ignore: [String] = []

    @Option(help: ArgumentHelp("Ignore members with this name.", valueName: "name"))
    var ignoreName: [String] = []

    func validate() throws {
        for path in ignore where IgnoredPath(path) == nil {
            throw ValidationError("--ignore '\(TerminalText.escape(path))' is not a path")
        }
    }

    var paths: [IgnoredPath] { ignore.compactMap { IgnoredPath($0) } + ignoreName.map { IgnoredPath(name: $0) } }
}
