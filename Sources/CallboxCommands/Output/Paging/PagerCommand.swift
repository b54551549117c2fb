internal import Foundation

/// The program that shows what is longer than a screen: a path, arguments, an environment. No shell is asked.
struct PagerCommand: Equatable {
    /// An absolute path, or one from the folder we are in.
    let path: String
    let arguments: [String]
    let environment: [String: String]

    /// `$CALLBOX_PAGER`, else `$PAGER`, else less; nil where that is not there.
    ///
    /// - Parameter isExecutable: whether there is a program at a path.
    init?(
        environment: [String: String],
        isExecutable: (String) -> Bool = { FileManager.default.isExecutableFile(atPath: $0) }
    ) {
        let text = environment.setting("CALLBOX_PAGER") ?? environment.setting("PAGER") ?? "less -FRX"
        let words = text.split(separator: " ").map(String.init)
        guard let name = words.first, environment["TERM"] != "dumb" else { return nil }
        let folders = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        let candidates = name.contains("/") ? [name] : folders.map { "\($0)/\(name)" }
        guard let path = candidates.first(where: isExecutable) else { return nil }
        self.path = path
        self.arguments = words
        // What less is to do where nobody says: end at once where one screen is enough, let colours through.
        self.environment = environment.merging(["LESS": "FRX"]) { given, _ in given }
    }
}
