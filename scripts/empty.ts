/** Stands in for react-devtools-core, which no released program needs. */
export default {};
