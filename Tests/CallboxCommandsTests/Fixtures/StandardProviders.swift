import Providers
import ReportIndex

@testable import CallboxCommands

// The tests' configurations have the standard providers unless they say otherwise.

extension CallboxConfiguration {
    init(sources: [SourceSettings]? = nil) {
        self.init(providers: .standard)
        if let sources { self.sources = sources }
    }
}

extension ConfigurationFile {
    static func read(_ path: String) throws(CommandFailure) -> CallboxConfiguration {
        try read(path, providers: .standard)
    }

    static func parse(_ text: String, file: String) throws(CommandFailure) -> CallboxConfiguration {
        try parse(text, file: file, providers: .standard)
    }
}
