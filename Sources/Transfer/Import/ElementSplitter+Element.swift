extension ElementSplitter {
    /// A JSON text of the file: a record, or an entry of a HAR.
    struct Element: Equatable {
        enum Kind: Equatable {
            case record, entry
        }

        enum Flaw: Equatable {
            /// The file, or the line of a compact record, ends inside the element.
            case cutOff
            /// The text exceeds the limit.
            case tooLong
            /// An object contains the entries of a second HAR, which are not read.
            case secondEntries
        }

        let kind: Kind
        /// The number of the line on which a record starts, or the number of an entry in the file, from 1.
        let number: Int
        var bytes: [UInt8] = []
        var flaw: Flaw?
        /// True if long strings were replaced by empty strings to stay within the limit.
        var isShortened = false
    }
}
