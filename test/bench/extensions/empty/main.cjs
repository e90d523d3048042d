/** What any extension costs. */
exports.activate = () => {};
