/** A busy machine may take seconds for what a quiet one does in milliseconds; what never comes still fails. */
import { configure } from '@testing-library/dom';

configure({ asyncUtilTimeout: 8_000 });
