/// A configuration that cannot be used: what is wrong, with the file and line, and what to do.
package struct ConfigurationError: Error, Equatable {
    package let message: String
    /// What to do next; nil if the message says it.
    package let advice: String?
    /// Whether the configuration file itself cannot be read.
    package let isUnreadableFile: Bool

    package init(_ message: String, advice: String? = nil, isUnreadableFile: Bool = false) {
        self.message = message
        self.advice = advice
        self.isUnreadableFile = isUnreadableFile
    }
}
